import { element, setText } from "../dom.js";

/**
 * Shows in a corner of the view what animates the face.
 * @param {import("../health.js").Health} health
 * @param {import("../messages.js").ClientError | null} [refusal] why there is no connection although the server answers
 */
export function showServerBadge(health, refusal = null) {
  const badge = element("server-badge");
  badge.dataset.mode = health.connected && !refusal ? (health.mode ?? "unknown") : "none";
  setText(badge, refusal ? "Not connected: loudness only" : badgeText(health));
}

/** @param {import("../health.js").Health} health */
function badgeText({ connected, mode, backend, model }) {
  if (!connected) return "No server: loudness only";
  if (mode === "mock") return "Mock backend: fake animation";
  if (backend === "builtin") return "Built-in model";
  return model?.name ? `${backend} (${model.name})` : `Backend: ${backend}`;
}
