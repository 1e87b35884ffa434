"""Setup forms: the fields of a configuration, and the tests that prove it."""
from types import SimpleNamespace


class _Field:
    def __init__(self, name, label, description="", required=False, placeholder=""):
        if not isinstance(name, str) or not name:
            raise ValueError("name must not be empty")
        if not isinstance(label, str) or not label:
            raise ValueError(f"field {name}: label must not be empty")
        self.name = name
        self.label = label
        self.description = description or ""
        self.required = bool(required)
        self.placeholder = placeholder or ""

    def described(self):
        return {"name": self.name, "label": self.label, "description": self.description, "required": self.required,
                "placeholder": self.placeholder, **self._kind()}


class TextField(_Field):
    plain_text = PlainText = "plain_text"
    password = Password = "password"
    hidden = Hidden = "hidden"

    def __init__(self, name, label, field_type=plain_text, description="", required=False, placeholder=""):
        super().__init__(name, label, description, required, placeholder)
        if field_type not in (self.plain_text, self.password, self.hidden):
            raise ValueError(f"field {name}: field_type must be TextField.plain_text or TextField.password, "
                             f"not {field_type!r}")
        self.field_type = field_type

    def _kind(self):
        return {"kind": "text", "secret": self.field_type != self.plain_text}


class DropdownFieldParam:
    def __init__(self, value, label=None, description=""):
        self.value = str(value)
        self.label = self.value if label is None else str(label)
        self.description = description or ""


class DropdownField(_Field):
    def __init__(self, name, label, fields=None, description="", required=False, placeholder="", values=None):
        super().__init__(name, label, description, required, placeholder)
        self.fields = list(fields or []) + [DropdownFieldParam(value) for value in values or []]
        if not self.fields or not all(isinstance(each, DropdownFieldParam) for each in self.fields):
            raise ValueError(f"field {name}: fields must be a list of DropdownFieldParam that is not empty")

    def _kind(self):
        return {"kind": "dropdown", "choices": [{"value": each.value, "label": each.label,
                                                 "description": each.description} for each in self.fields]}


class ToggleField(_Field):
    def _kind(self):
        return {"kind": "toggle"}


form_field = SimpleNamespace(TextField=TextField, DropdownField=DropdownField, DropdownFieldParam=DropdownFieldParam,
                             DescriptiveDropdownField=DropdownField,
                             DescriptiveDropdownFieldParam=DropdownFieldParam, ToggleField=ToggleField)


class TestResult:
    __test__ = False  # No test of pytest's.

    def __init__(self, succeeded, message):
        self.succeeded = succeeded
        self.message = message


class Test:
    """What the function of a setup test returns: Test().success() or Test().failure(message)."""
    __test__ = False

    @staticmethod
    def success():
        return TestResult(True, "")

    @staticmethod
    def failure(message):
        return TestResult(False, str(message))


class ConfigurationForm:
    def __init__(self):
        self._fields = []
        self._tests = []

    def add_field(self, field):
        if not isinstance(field, _Field):
            raise TypeError("field must be a form_field")
        self._fields.append(field)
        return self

    def add_test(self, label, func):
        if not label:
            raise ValueError("label must not be empty")
        if not callable(func):
            raise TypeError("func must be callable")
        name = getattr(func, "__name__", type(func).__name__)
        if name == "<lambda>":
            raise ValueError("anonymous lambda functions cannot be used as test functions; "
                             "assign the function to a named variable first")
        if any(known.__name__ == name for _, known in self._tests):
            raise ValueError(f"a test function named '{name}' is already registered")
        self._tests.append((label, func))
        return self

    def described(self):
        return {"fields": [field.described() for field in self._fields],
                "tests": [{"name": func.__name__, "label": label} for label, func in self._tests]}

    def run_tests(self, configuration):
        """Yields what each test says of the configuration."""
        for label, func in self._tests:
            result = func(configuration)
            if not isinstance(result, TestResult):
                raise TypeError(f"test {func.__name__} must return Test().success() or Test().failure(message), "
                                f"not {type(result).__name__}")
            yield {"label": label, "succeeded": result.succeeded, "message": result.message}
