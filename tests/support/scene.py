"""A workspace with a list, templates, contacts, and messages about to leave: set out through the real actions."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec

from percorso.content.actions import create_template
from percorso.content.model import Design
from percorso.db import Connection, Database
from percorso.db.clock import set_clock
from percorso.kit.ids import bucket_of
from percorso.messages.actions import plan_messages
from percorso.messages.model import NewMessage
from percorso.workspaces.actions import set_up_instance

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HTML = (
    '<html><body><p>Ciao {{ contact.firstName | default: "cliente" }}</p>'
    '<a href="https://shop.example.com/{{ event.sku }}">Guarda</a></body></html>'
)


PUSH = Design(
    kind="push",
    subject="Ciao {{ contact.firstName }}",
    body="Guarda {{ event.sku }}",
    link="https://shop.example.com/{{ event.sku }}",
    image="https://shop.example.com/{{ event.sku }}.png",
)


class Scene(msgspec.Struct, kw_only=True):
    """What stands ready."""

    workspace_id: UUID
    list_id: UUID
    journey_id: UUID
    email_template: UUID
    sms_template: UUID
    push_template: UUID
    transactional_template: UUID


async def set_scene(connection: Connection, *, language: Literal["it", "en"] = "it") -> Scene:
    """Make workspace, list, an active journey and three templates; product time stands still at NOW."""
    await set_clock(connection, product_at=NOW, rate=0)
    made = await set_up_instance(
        connection,
        workspace_name="Bottega",
        list_name="Novità",
        sender_address="ciao@bottega.example.com",
        sms_sender="Bottega",
        email="ada@example.com",
        name="Ada",
        password="una frase lunga abbastanza",
        language=language,
        time_zone="Europe/Rome",
        currency="EUR",
        present=NOW,
    )

    async def template(name: str, design: Design) -> UUID:
        return await create_template(
            connection,
            workspace_id=made.workspace_id,
            list_id=made.list_id,
            name=name,
            design=design,
            now=NOW,
        )

    email = Design(kind="email", subject="Ciao {{ contact.firstName }}", html=HTML)
    scene = Scene(
        workspace_id=made.workspace_id,
        list_id=made.list_id,
        journey_id=uuid4(),
        email_template=await template("Benvenuto", email),
        sms_template=await template("Avviso", Design(kind="sms", body="Ciao {{ contact.firstName }}!")),
        push_template=await template("Notifica", PUSH),
        transactional_template=await template(
            "Ordine", msgspec.structs.replace(email, template_class="transactional")
        ),
    )
    await connection.execute(
        "INSERT INTO journeys (id, workspace_id, list_id, name, state, version, created_at, modified_at)"
        " VALUES ($1, $2, $3, 'Benvenuto', 'active', 1, $4, $4)",
        scene.journey_id,
        scene.workspace_id,
        scene.list_id,
        NOW,
    )
    return scene


async def add_contact(
    connection: Connection,
    scene: Scene,
    *,
    email: str | None = "maria@example.com",
    phone: str | None = "+393331234567",
    device: str | None = None,
    status: str | None = "subscribed",
    attributes: dict[str, Any] | None = None,
    contact_id: UUID | None = None,
) -> UUID:
    """Make a contact as the worker would have folded it, with this status on every channel."""
    contact_id = contact_id or uuid4()
    bucket = bucket_of(contact_id)
    await connection.execute(
        "INSERT INTO contacts (bucket, id, workspace_id, node_id, attributes, identities, email, phone, anonymous,"
        ' created_at, updated_at, "offset") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, false, $9, $9, 0)',
        bucket,
        contact_id,
        scene.workspace_id,
        uuid4(),
        {"firstName": "Maria"} if attributes is None else attributes,
        {"device": ["token-old", device]} if device else {},
        email,
        phone,
        NOW,
    )
    for channel in ("email", "sms", "push") if status else ():
        await connection.execute(
            "INSERT INTO statuses (bucket, contact_id, list_id, channel, workspace_id, status, source, wording,"
            " changed_at) VALUES ($1, $2, $3, $4, $5, $6, 'test', '', $7)",
            bucket,
            contact_id,
            scene.list_id,
            channel,
            scene.workspace_id,
            status,
            NOW,
        )
    return contact_id


async def add_run(connection: Connection, scene: Scene, contact_id: UUID) -> UUID:
    """Make a run of the contact that waits at the step `benvenuto`, first visit."""
    run_id = uuid4()
    await connection.execute(
        "INSERT INTO runs (bucket, id, workspace_id, journey_id, version, contact_id, key, state, step, visit,"
        " entered_at, reached_at, awaits, memory) VALUES"
        " ($1, $2, $3, $4, 1, $5, '', 'waiting', 'benvenuto', 1, $6, $6, '{campaignSent}', '{}')",
        bucket_of(contact_id),
        run_id,
        scene.workspace_id,
        scene.journey_id,
        contact_id,
        NOW,
    )
    return run_id


async def plan(
    connection: Connection,
    scene: Scene,
    contact_id: UUID,
    *,
    channel: Literal["email", "sms", "push"] = "email",
    message_class: Literal["marketing", "transactional"] = "marketing",
    run_id: UUID | None = None,
    due_in: timedelta = timedelta(0),
    expires_in: timedelta | None = None,
    template_id: UUID | None = None,
    values: dict[str, Any] | None = None,
) -> UUID:
    """Plan a message for the contact, of a run if one is given, and return its id."""
    message_id = uuid4()
    templates = {
        ("email", "marketing"): scene.email_template,
        ("email", "transactional"): scene.transactional_template,
        ("sms", "marketing"): scene.sms_template,
        ("push", "marketing"): scene.push_template,
    }
    new = NewMessage(
        bucket=bucket_of(contact_id),
        id=message_id,
        workspace_id=scene.workspace_id,
        contact_id=contact_id,
        list_id=scene.list_id,
        journey_id=scene.journey_id if run_id else None,
        version=1 if run_id else None,
        run_id=run_id,
        step="benvenuto" if run_id else None,
        visit=1 if run_id else None,
        channel=channel,
        template_id=template_id or templates[channel, message_class],
        message_class=message_class,
        values={"captured": {}, "event": {"sku": "A1"}} if values is None else values,
        planned_at=NOW,
        due_at=NOW + due_in,
        expires_at=None if expires_in is None else NOW + expires_in,
    )
    await plan_messages(connection, [new])
    return message_id


async def ready_message(
    database: Database, *, message_class: Literal["marketing", "transactional"] = "marketing"
) -> tuple[Scene, UUID, UUID]:
    """Commit a scene with one message of a waiting run that is due; return it, contact and message."""
    async with database.transaction("test.commit") as connection:
        scene = await set_scene(connection)
        contact_id = await add_contact(connection, scene)
        run_id = await add_run(connection, scene, contact_id)
        message_id = await plan(connection, scene, contact_id, run_id=run_id, message_class=message_class)
    return scene, contact_id, message_id


async def read_message(database: Database, message_id: UUID) -> dict[str, Any]:
    """Return the message's row."""
    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM messages WHERE id = $1", message_id)
    assert row is not None
    return dict(row)


async def read_facts(database: Database, *names: str) -> list[dict[str, Any]]:
    """Return the facts of these names (all if none is given), in order of their offsets."""
    async with database.connection() as connection:
        rows = await connection.fetch(
            "SELECT * FROM facts WHERE name = ANY ($1) OR $1 = '{}' ORDER BY bucket, \"offset\"", list(names)
        )
    return [dict(row) for row in rows]
