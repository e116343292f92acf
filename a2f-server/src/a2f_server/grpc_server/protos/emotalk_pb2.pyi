from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AudioRequest(_message.Message):
    __slots__ = ("request_id", "audio_data", "emotion_level", "person_id", "post_processing", "chunk_duration", "chunk_overlap")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    AUDIO_DATA_FIELD_NUMBER: _ClassVar[int]
    EMOTION_LEVEL_FIELD_NUMBER: _ClassVar[int]
    PERSON_ID_FIELD_NUMBER: _ClassVar[int]
    POST_PROCESSING_FIELD_NUMBER: _ClassVar[int]
    CHUNK_DURATION_FIELD_NUMBER: _ClassVar[int]
    CHUNK_OVERLAP_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    audio_data: bytes
    emotion_level: int
    person_id: int
    post_processing: bool
    chunk_duration: float
    chunk_overlap: float
    def __init__(self, request_id: _Optional[str] = ..., audio_data: _Optional[bytes] = ..., emotion_level: _Optional[int] = ..., person_id: _Optional[int] = ..., post_processing: _Optional[bool] = ..., chunk_duration: _Optional[float] = ..., chunk_overlap: _Optional[float] = ...) -> None: ...

class BlendshapeFrame(_message.Message):
    __slots__ = ("timecode", "frame_number", "blendshapes")
    TIMECODE_FIELD_NUMBER: _ClassVar[int]
    FRAME_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BLENDSHAPES_FIELD_NUMBER: _ClassVar[int]
    timecode: float
    frame_number: int
    blendshapes: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, timecode: _Optional[float] = ..., frame_number: _Optional[int] = ..., blendshapes: _Optional[_Iterable[float]] = ...) -> None: ...

class BlendshapeResponse(_message.Message):
    __slots__ = ("request_id", "chunk_index", "frames", "is_final", "error_message")
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    CHUNK_INDEX_FIELD_NUMBER: _ClassVar[int]
    FRAMES_FIELD_NUMBER: _ClassVar[int]
    IS_FINAL_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    request_id: str
    chunk_index: int
    frames: _containers.RepeatedCompositeFieldContainer[BlendshapeFrame]
    is_final: bool
    error_message: str
    def __init__(self, request_id: _Optional[str] = ..., chunk_index: _Optional[int] = ..., frames: _Optional[_Iterable[_Union[BlendshapeFrame, _Mapping]]] = ..., is_final: _Optional[bool] = ..., error_message: _Optional[str] = ...) -> None: ...

class HealthCheckRequest(_message.Message):
    __slots__ = ("service",)
    SERVICE_FIELD_NUMBER: _ClassVar[int]
    service: str
    def __init__(self, service: _Optional[str] = ...) -> None: ...

class HealthCheckResponse(_message.Message):
    __slots__ = ("status",)
    class ServingStatus(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[HealthCheckResponse.ServingStatus]
        SERVING: _ClassVar[HealthCheckResponse.ServingStatus]
        NOT_SERVING: _ClassVar[HealthCheckResponse.ServingStatus]
    UNKNOWN: HealthCheckResponse.ServingStatus
    SERVING: HealthCheckResponse.ServingStatus
    NOT_SERVING: HealthCheckResponse.ServingStatus
    STATUS_FIELD_NUMBER: _ClassVar[int]
    status: HealthCheckResponse.ServingStatus
    def __init__(self, status: _Optional[_Union[HealthCheckResponse.ServingStatus, str]] = ...) -> None: ...
