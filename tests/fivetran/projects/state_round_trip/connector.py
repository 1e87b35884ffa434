"""State comes back as it was checkpointed: nesting, numbers, text, null."""
from fivetran_connector_sdk import Connector, Operations as op


EXPECTED = {'cursor': '2026-01-31T00:00:00Z',
            'tables': {'a': {'page': 3, 'ids': [1, 2, None]}, 'ü': {'done': True}}, 'ratio': 0.25,
            'big': 1152921504606846976, 'text': 'quote " backslash \\ newline \n ñ 漢字 🙂', 'empty': {},
            'list': []}


def update(configuration: dict, state: dict):
    if not state:
        op.checkpoint(EXPECTED)
        return
    if state != EXPECTED:
        raise AssertionError(f"state came back as {state!r}")
    op.upsert("proof", {"what": "the state came back"})
    op.checkpoint(state)


connector = Connector(update=update)
