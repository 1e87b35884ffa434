TABLE = "circles"
