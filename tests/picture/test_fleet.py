import xml.etree.ElementTree as xml

from channels_lab.picture.fleet import Fleet, Member

FLEET = Fleet(
    [Member("one", through=12), Member("two <b>", alive=False), Member("three", through=3, direct=1)],
    front="nginx",
    redis="Valkey",
    workers=[Member("worker 1"), Member("worker 2", alive=False)],
)


def test_a_fleet_as_text():
    """Who passes how many connections on to whom, who is gone, and who talks to Redis, in lines."""
    assert str(FLEET.drawn()).splitlines() == [
        "15 connections ─▶ nginx",
        "    nginx ─▶ one: 12 open",
        "    nginx ─▶ two <b>: 0 open   ✗ gone",
        "    nginx ─▶ three: 3 open",
        "    1 connection ─▶ three",
        "    one, three, worker 1 ◀─▶ Valkey",
    ]


def test_a_fleet_as_a_picture():
    """The picture is XML, whatever the names are, and says the same to those who do not see it."""
    drawn = FLEET.drawn()
    told = [text.strip() for text in xml.fromstring(drawn.svg).itertext() if text.strip()]
    assert {"nginx", "one", "✗ two <b>: gone", "three", "Valkey", "worker 1", "12", "3"} <= set(told)
    assert drawn.about == "16 connections; connections by server: one 12, two <b> 0 (gone), three 4."


def test_servers_without_a_proxy():
    """Without a proxy, connections go to the servers themselves."""
    fleet = Fleet([Member("main", direct=2), Member("gone", alive=False)])
    assert fleet.text.splitlines() == ["    2 connections ─▶ main", "    0 connections ─▶ gone   ✗ gone"]
    assert xml.fromstring(fleet.drawn().svg) is not None


def test_nothing_is_started():
    """Where nothing is started, that is said."""
    assert str(Fleet().drawn()) == "Nothing is started."
