"""A client of Streamlit's own websocket: asks a server for a page as a browser would, without a browser.

Used where a browser would hide what is asked: a fresh process can be asked for any page by its
name or by its hash as the very first thing, and the time of one run can be read without drawing.
"""

import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from google.protobuf.message import Message
from google.protobuf.text_format import MessageToString
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.typing import Subprotocol

RUN_SECONDS = 60
_FINISHED = {
    ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY,
    ForwardMsg.ScriptFinishedStatus.FINISHED_WITH_COMPILE_ERROR,
    ForwardMsg.ScriptFinishedStatus.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
}


def stream_address(port: int) -> str:
    """The address of a server's websocket."""
    return f"ws://127.0.0.1:{port}/_stcore/stream"


def rerun_message(
    *,
    page_name: str = "",
    page_hash: str = "",
    query: str = "",
    fragment: str = "",
    widgets: Mapping[str, str | int | bool] | None = None,
) -> bytes:
    """A request to run the script, or one fragment of it: which page, which link, which values the widgets have."""
    message = BackMsg()
    request = message.rerun_script
    request.page_name = page_name
    request.page_script_hash = page_hash
    request.query_string = query
    request.fragment_id = fragment
    request.context_info.locale = "nb-NO"
    request.context_info.timezone = "Europe/Oslo"
    for identity, value in (widgets or {}).items():
        request.widget_states.widgets.append(_state(identity, value))
    return message.SerializeToString()


def _state(identity: str, value: str | int | bool) -> WidgetState:
    if isinstance(value, bool):
        return WidgetState(id=identity, bool_value=value)
    if isinstance(value, int):
        return WidgetState(id=identity, int_value=value)
    return WidgetState(id=identity, string_value=value)


def is_end(message: ForwardMsg) -> bool:
    """True for the message that ends a run of the script."""
    return message.WhichOneof("type") == "script_finished" and message.script_finished in _FINISHED


@dataclass(frozen=True)
class Run:
    """What one run of the script sent, and how long it took on the server's side of the wire."""

    messages: tuple[ForwardMsg, ...]
    seconds: float

    def elements(self) -> list[Message]:
        """Every element that was sent to be drawn, in order."""
        return [
            getattr(message.delta.new_element, str(message.delta.new_element.WhichOneof("type")))
            for message in self.messages
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element"
        ]

    def of_kind(self, kind: str) -> list[Message]:
        """The elements of one kind, by the name of their protobuf field: ``selectbox``, ``vega_lite_chart``."""
        return [
            getattr(message.delta.new_element, kind)
            for message in self.messages
            if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == kind
        ]

    def kinds(self) -> list[str]:
        """The kinds of all elements, in order."""
        return [
            str(message.delta.new_element.WhichOneof("type"))
            for message in self.messages
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element"
        ]

    def text(self) -> str:
        """Everything readable in what was drawn: words, figures, chart specs, alternative texts."""
        return "\n".join(MessageToString(element, as_utf8=True) for element in self.elements())

    def strings(self) -> set[str]:
        """Each string of more than three characters in what was drawn, identifiers aside."""
        return {string for element in self.elements() for string in _strings(element) if len(string) > 3}

    @property
    def hash(self) -> str:
        """The hash of the page that answered; later runs of the same page are asked for with it."""
        found = [message.navigation for message in self.messages if message.HasField("navigation")]
        return found[-1].page_script_hash if found else ""

    @property
    def fragment(self) -> str:
        """The id of the fragment that drew the chart; empty where none did."""
        return next(
            (
                message.delta.fragment_id
                for message in self.messages
                if message.WhichOneof("type") == "delta"
                and message.delta.new_element.WhichOneof("type") == "vega_lite_chart"
            ),
            "",
        )

    @property
    def size(self) -> int:
        """Bytes sent."""
        return sum(message.ByteSize() for message in self.messages)


def _strings(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in {"id", "form_id", "element_id"}:
            continue
        for one in value if field.is_repeated else (value,):
            if isinstance(one, Message):
                yield from _strings(one)
            elif isinstance(one, str):
                yield one


class Session:
    """One person's connection, begun with some headers. Use as a context manager."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self._connection = connect(
            stream_address(port), subprotocols=[Subprotocol("streamlit")], additional_headers=headers, max_size=None
        )

    def __enter__(self) -> Self:
        self._socket = self._connection.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.__exit__(None, None, None)

    def run(
        self,
        *,
        page_name: str = "",
        page_hash: str = "",
        query: str = "",
        fragment: str = "",
        widgets: Mapping[str, str | int | bool] | None = None,
    ) -> Run:
        """Run the script or a fragment once and collect what it sends. Raises TimeoutError after a minute."""
        started = time.perf_counter()
        self._socket.send(
            rerun_message(page_name=page_name, page_hash=page_hash, query=query, fragment=fragment, widgets=widgets)
        )
        messages: list[ForwardMsg] = []
        while not messages or not is_end(messages[-1]):
            self._acknowledge()
            raw = self._socket.recv(timeout=RUN_SECONDS)
            message = ForwardMsg()
            message.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            messages.append(message)
        return Run(tuple(messages), time.perf_counter() - started)

    def _acknowledge(self) -> None:
        """Acknowledge at once what has come (Linux).

        Streamlit's server socket has Nagle's algorithm on: it holds a small message back until the one
        before is acknowledged, which a system does after 40 ms where it has nothing to send. A run of
        many messages would be measured as 40 ms longer than one of few.
        """
        if hasattr(socket, "TCP_QUICKACK"):
            self._socket.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def selectbox(run: Run, label: str) -> Message:
    """The select box with a label. Raises LookupError with the labels there are."""
    boxes = run.of_kind("selectbox")
    for box in boxes:
        if box.label == label:  # type: ignore[attr-defined]
            return box
    raise LookupError(f"no select box {label!r}, only {_labels(boxes)}")


def _labels(boxes: Iterable[Message]) -> list[str]:
    return [str(getattr(box, "label", "")) for box in boxes]
