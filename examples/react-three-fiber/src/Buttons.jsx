export function Buttons({ face: { client, error }, call }) {
  const closed = call.state === "closed";
  return (
    <nav>
      <button type="button" disabled={!client} onClick={() => client.speak("Hello, I am a component.")}>
        Speak
      </button>
      <button type="button" disabled={!client} onClick={closed ? call.open : call.close}>
        {closed ? "Talk to an agent" : "Hang up"}
      </button>
      <output>{(call.error ?? error)?.message}</output>
    </nav>
  );
}
