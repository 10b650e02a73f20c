"""The server: ports, and knowing our own."""

import socket

import pytest

from devtools import server, stamps
from devtools.errors import DevError


@pytest.fixture
def taken_port():
    """A port another program listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_not_free(taken_port):
    assert not server.port_is_free(taken_port)


def test_a_taken_port_is_refused_with_its_cure(taken_port):
    with pytest.raises(DevError) as caught:
        server.check_port(taken_port)
    assert str(taken_port) in caught.value.problem
    assert f"--port {taken_port + 1}" in caught.value.cure


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_impossible_port_is_refused(port):
    with pytest.raises(DevError):
        server.check_port(port)


def test_a_server_that_is_gone_is_not_ours(taken_port):
    stamps.write(f"server-{taken_port}", pid=2**22 + 1)
    assert not server.is_ours(taken_port)


def test_another_program_on_our_noted_port_is_not_ours(taken_port):
    stamps.write(f"server-{taken_port}", pid=1)
    assert not server.is_ours(taken_port)
