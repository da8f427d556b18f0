"""Messages as the installed Flower and Python's protobuf write them, a line of JSON each: name, side, bytes in hex."""

import json

from flwr.common import serde
from flwr.common.typing import Code, EvaluateRes, FitIns, FitRes, GetParametersIns, Parameters, Status
from flwr.proto.transport_pb2 import ClientMessage, ServerMessage

OK = Status(Code.OK, "")
TENSORS = Parameters(tensors=[b"\x01\x02", b""], tensor_type="numpy.ndarray")


def scalar(value):
    return ServerMessage(
        get_parameters_ins=serde.get_parameters_ins_to_proto(GetParametersIns({"größe": value}))
    )


MESSAGES = {
    "double": scalar(0.1),
    "integral double": scalar(3.0),
    "nan": scalar(float("nan")),
    "int": scalar(-3),
    "largest int": scalar(2**63 - 1),
    "least int": scalar(-(2**63)),
    "uint": scalar(2**63),
    "true": scalar(True),
    "false": scalar(False),
    "text": scalar("漢"),
    "bytes": scalar(b"\x00\xff"),
    "fit": ServerMessage(fit_ins=serde.fit_ins_to_proto(FitIns(TENSORS, {"lr": 0.5}))),
    "reconnect": ServerMessage(reconnect_ins=ServerMessage.ReconnectIns(seconds=30)),
    "the end": ServerMessage(reconnect_ins=ServerMessage.ReconnectIns()),
    "fit result": ClientMessage(fit_res=serde.fit_res_to_proto(FitRes(OK, TENSORS, 2**40, {"a": 1}))),
    "evaluate result": ClientMessage(evaluate_res=serde.evaluate_res_to_proto(EvaluateRes(OK, 0.1, 3, {}))),
    "no fit": ClientMessage(
        fit_res=serde.fit_res_to_proto(
            FitRes(Status(Code.FIT_NOT_IMPLEMENTED, "no"), Parameters([], ""), 0, {})
        )
    ),
    "goodbye": ClientMessage(disconnect_res=ClientMessage.DisconnectRes(reason=1)),
}
for name, message in MESSAGES.items():
    side = "server" if isinstance(message, ServerMessage) else "client"
    print(json.dumps({"name": name, "side": side, "hex": message.SerializeToString().hex()}))
