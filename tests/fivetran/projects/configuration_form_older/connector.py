"""A configuration form may be given as configuration_form_fn, too."""
from fivetran_connector_sdk import ConfigurationForm, Connector, Operations as op, Test, form_field


def reach(configuration: dict):
    return Test().success() if configuration.get("host") else Test().failure("the host is missing")


def configuration_form():
    form = ConfigurationForm()
    form.add_field(form_field.TextField(name="host", label="Host to read from"))
    form.add_test(label="The host answers", func=reach)
    return form


def update(configuration: dict, state: dict):
    op.upsert("items", {"host": configuration["host"]})


connector = Connector(update=update, configuration_form_fn=configuration_form)
