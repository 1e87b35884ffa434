"""Rows of sixty columns, a third of them texts."""


def rows(count):
    for number in range(count):
        row = {"id": number}
        for column in range(20):
            row[f"whole_{column}"] = number + column
            row[f"real_{column}"] = number / (column + 1)
            row[f"text_{column}"] = f"value {number} of {column}"
        yield row
