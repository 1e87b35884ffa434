"""A connector with a configuration form and tests runs like any other."""
from fivetran_connector_sdk import ConfigurationForm, Connector, Operations as op, Test, form_field


def configuration_form():
    form = ConfigurationForm()
    form.add_field(form_field.TextField(name="host", label="Host", required=True, placeholder="api.example.com"))
    form.add_field(form_field.TextField("token", "Token", form_field.TextField.password, description="Yours"))
    form.add_field(form_field.DropdownField(name="region", label="Region", fields=[
        form_field.DropdownFieldParam(value="eu", label="Europe"), form_field.DropdownFieldParam(value="us")]))
    form.add_field(form_field.ToggleField(name="archive", label="Archive too"))
    form.add_test(label="Is the host there?", func=check)
    return form


def check(configuration: dict):
    return Test.success() if configuration.get("host") else Test.failure("no host")


def update(configuration: dict, state: dict):
    op.upsert("items", {"host": configuration["host"]})
    op.checkpoint({})


connector = Connector(update=update, configuration_form=configuration_form)
