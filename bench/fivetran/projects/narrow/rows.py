"""Rows of five small columns."""


def rows(count):
    for number in range(count):
        yield {"id": number, "name": f"name {number}", "amount": number * 0.5, "active": number % 2 == 0, "city": "Berlin"}
