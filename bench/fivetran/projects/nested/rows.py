"""Rows with an object and a list of objects, which become JSON."""


def rows(count):
    for number in range(count):
        yield {"id": number,
               "customer": {"name": f"customer {number}", "address": {"street": "Main Street", "number": number % 100,
                                                                       "geo": [52.5, 13.4]}},
               "lines": [{"sku": f"SKU-{line}", "quantity": line, "price": 9.99, "gift": False} for line in range(3)],
               "note": None if number % 3 else "übergroß"}
