from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable
from typing import ClassVar as _ClassVar, Optional as _Optional

DESCRIPTOR: _descriptor.FileDescriptor

class Audio2FaceBlendshapeV1Request(_message.Message):
    __slots__ = ("class_name", "request_id", "sample_rate", "sample_width", "n_channels", "profile_name", "offset_name", "response_chunk_n_frames", "pcm_bytes")
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_RATE_FIELD_NUMBER: _ClassVar[int]
    SAMPLE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    N_CHANNELS_FIELD_NUMBER: _ClassVar[int]
    PROFILE_NAME_FIELD_NUMBER: _ClassVar[int]
    OFFSET_NAME_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_CHUNK_N_FRAMES_FIELD_NUMBER: _ClassVar[int]
    PCM_BYTES_FIELD_NUMBER: _ClassVar[int]
    class_name: str
    request_id: str
    sample_rate: int
    sample_width: int
    n_channels: int
    profile_name: str
    offset_name: str
    response_chunk_n_frames: int
    pcm_bytes: bytes
    def __init__(self, class_name: _Optional[str] = ..., request_id: _Optional[str] = ..., sample_rate: _Optional[int] = ..., sample_width: _Optional[int] = ..., n_channels: _Optional[int] = ..., profile_name: _Optional[str] = ..., offset_name: _Optional[str] = ..., response_chunk_n_frames: _Optional[int] = ..., pcm_bytes: _Optional[bytes] = ...) -> None: ...

class Audio2FaceBlendshapeV1Response(_message.Message):
    __slots__ = ("class_name", "blendshape_names", "dtype", "data")
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    BLENDSHAPE_NAMES_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    class_name: str
    blendshape_names: _containers.RepeatedScalarFieldContainer[str]
    dtype: str
    data: bytes
    def __init__(self, class_name: _Optional[str] = ..., blendshape_names: _Optional[_Iterable[str]] = ..., dtype: _Optional[str] = ..., data: _Optional[bytes] = ...) -> None: ...
