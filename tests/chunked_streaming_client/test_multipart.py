"""The standard library's parser reads the form."""

from __future__ import annotations

from email import message_from_bytes

from chunked_streaming_client.multipart import File, encode


def test_fields_and_a_file() -> None:
    data = b"\r\n--\x00\xff\r\n"
    media_type, body = encode({"crop": True, "seed": 42, "none": None}, File("image", 'my "face".jpg', data))
    message = message_from_bytes(f"Content-Type: {media_type}\r\n\r\n".encode() + body)
    parts = {part.get_param("name", header="content-disposition"): part for part in message.get_payload()}  # type: ignore[union-attr]
    assert {name: part.get_payload() for name, part in parts.items() if name != "image"} == {
        "crop": "true",
        "seed": "42",
    }  # type: ignore[union-attr]
    assert parts["image"].get_filename() == "my %22face%22.jpg"  # type: ignore[union-attr]
    assert data in body
