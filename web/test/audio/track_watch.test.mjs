import assert from "node:assert/strict";
import { test } from "node:test";
import { Audio2FaceClient } from "../../src/client.js";
import { settle, World } from "../support/world.mjs";

class FakeTrack extends EventTarget {
  readyState = "live";
  muted = false;

  /** Ends as a script does: without an event. */
  stop() {
    this.readyState = "ended";
  }

  /** Ends as a device does. */
  end() {
    this.readyState = "ended";
    this.dispatchEvent(new Event("ended"));
  }
}

class FakeStream extends EventTarget {
  constructor(...tracks) {
    super();
    this.tracks = tracks;
  }

  getAudioTracks() {
    return [...this.tracks];
  }
}

async function listening() {
  const world = new World();
  const client = new Audio2FaceClient("http://server", world.platform());
  const stream = new FakeStream(new FakeTrack());
  const session = client.listen(stream);
  await settle();
  world.socket.welcome();
  world.socket.started();
  const [context] = world.contexts;
  const captured = [];
  const createSource = context.createMediaStreamSource.bind(context);
  context.createMediaStreamSource = (given) => {
    captured.push(given);
    return createSource(given);
  };
  const hear = () => context.hear(new Float32Array(800));
  await world.advance(300, hear);
  return { world, client, stream, session, captured, hear };
}

for (const [how, leave] of [
  ["ends", ({ tracks }) => tracks[0].end()],
  ["is stopped by a script", ({ tracks }) => tracks[0].stop()],
  ["is removed by a script", (stream) => stream.tracks.pop()],
  [
    "is removed by the peer",
    (stream) => {
      stream.tracks.pop();
      stream.dispatchEvent(new Event("removetrack"));
    },
  ],
]) {
  test(`a session whose track ${how} ends, and the next one may begin`, async () => {
    const { world, client, stream, session, hear } = await listening();
    leave(stream);
    await world.advance(100, hear);
    assert.equal(world.socket.last("end").type, "end", "the server's slot is freed");
    await world.advance(1500);
    assert.equal((await session.done).cancelled, false);
    assert.equal(client.getDebugState().speaking, false);
    client.listen(new FakeStream(new FakeTrack())).cancel();
  });
}

for (const [how, replace] of [
  [
    "by a script",
    (stream, track) => {
      stream.tracks = [track];
    },
  ],
  [
    "after it ended",
    (stream, track) => {
      stream.tracks.push(track);
      stream.tracks.at(-2).end();
    },
  ],
]) {
  test(`a track that is replaced ${how} is followed, any number of times`, async () => {
    const { world, stream, session, captured, hear } = await listening();
    for (let i = 1; i <= 3; i++) {
      replace(stream, new FakeTrack());
      await world.advance(100, hear);
      assert.equal(captured.length, i);
    }
    const before = world.socket.audioBytes;
    await world.advance(500, hear);
    assert.ok(world.socket.audioBytes > before);
    session.stop();
    await world.advance(1500);
    assert.equal((await session.done).cancelled, false);
  });
}

test("a track that is muted for a while does not end the session", async () => {
  const { world, client, stream, captured, hear } = await listening();
  const [track] = stream.tracks;
  for (const event of ["mute", "unmute", "mute", "unmute"]) {
    track.muted = event === "mute";
    track.dispatchEvent(new Event(event));
    await world.advance(300, hear);
  }
  assert.deepEqual([client.getDebugState().speaking, captured], [true, []]);
});

test("a stream whose track has ended is refused", () => {
  const client = new Audio2FaceClient("http://server", new World().platform());
  const track = new FakeTrack();
  track.stop();
  assert.throws(() => client.listen(new FakeStream(track)), { code: "bad_argument", message: /has ended/ });
});

test("a session that was stopped listens to no track", async () => {
  const { world, stream, session, captured } = await listening();
  session.stop();
  stream.tracks = [new FakeTrack()];
  stream.dispatchEvent(new Event("addtrack"));
  await world.advance(1000);
  assert.deepEqual(captured, []);
  assert.equal((await session.done).cancelled, false);
});
