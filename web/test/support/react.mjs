// React with a document of happy-dom, and components that are mounted as in development: twice, in StrictMode.
import { Window } from "happy-dom";

const window = new Window({ url: "https://app.example/" });
globalThis.window = window;
globalThis.document = window.document;
globalThis.navigator ??= window.navigator;
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
const { act, createElement, StrictMode } = await import("react");
const { createRoot } = await import("react-dom/client");

export { act, createElement };

const mounted = new Set();

/** Mounts a component with React DOM; `render` changes its props. */
export async function mount(component, props = {}, { strict = true } = {}) {
  const container = document.createElement("div");
  document.body.append(container);
  const root = createRoot(container);
  const render = (changed) => {
    const element = createElement(component, changed);
    return act(async () => root.render(strict ? createElement(StrictMode, null, element) : element));
  };
  const unmount = () => {
    mounted.delete(unmount);
    return act(async () => root.unmount());
  };
  mounted.add(unmount);
  await render(props);
  return { container, render, unmount };
}

/** Unmounts what tests have left, so that nothing runs on. */
export async function unmountAll() {
  for (const unmount of mounted) await unmount();
}

function Probe({ hook, held, given }) {
  held.result = hook(given);
  held.renders++;
  return null;
}

/** Mounts a component that calls a hook; `result` is what it returned last. */
export async function mountHook(hook, given, options) {
  const held = { renders: 0 };
  const { render, unmount } = await mount(Probe, { hook, held, given }, options);
  return Object.assign(held, { render: (changed) => render({ hook, held, given: changed }), unmount });
}
