NAME = "ñ"
