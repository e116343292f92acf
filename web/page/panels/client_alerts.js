import { describeError, describeSpeechError, isConnectionError, SERVER_FULL } from "../messages.js";

/** The reason of the client's `rank` event while the server has no free slot. */
const SERVER_BUSY = "server busy";
/** The sliders of the emotions panel show this error themselves. */
const NO_EXPRESSIONS = "no_expressions";

/**
 * Shows the client's errors as alerts.
 * @param {import("audio2face-client").Audio2FaceClient} client
 * @param {import("./notifications.js").Notifications} notifications
 * @param {{serverUrl: () => string, handled: () => boolean}} page handled: another part of the page shows the errors
 */
export function wireClientAlerts(client, notifications, { serverUrl, handled }) {
  client.on("error", (error) => {
    if (error.code === NO_EXPRESSIONS || handled()) return;
    notifications.alert(describeError(error, serverUrl()), { untilConnected: isConnectionError(error) });
  });
  alertWhileFull(client, notifications);
}

/**
 * Returns a function that shows errors of text-to-speech as alerts.
 * @param {import("./notifications.js").Notifications} notifications
 * @param {() => string} serverUrl
 * @returns {(error: import("../messages.js").ClientError) => void}
 */
export function speechAlerts(notifications, serverUrl) {
  return (error) => {
    // Reconnecting does not resume a sentence that was interrupted, so that alert stays.
    const untilConnected = isConnectionError(error) && error.code !== "connection_lost";
    notifications.alert(describeSpeechError(error, serverUrl()), { untilConnected });
  };
}

/**
 * Shows an alert while the client waits for a free slot.
 * @param {import("audio2face-client").Audio2FaceClient} client
 * @param {import("./notifications.js").Notifications} notifications
 */
function alertWhileFull(client, notifications) {
  let full = false;
  client.on("rank", ({ to, reason }) => {
    const waiting = to !== "server" && reason === SERVER_BUSY;
    if (waiting) notifications.alert(SERVER_FULL);
    else if (full) notifications.clear();
    full = waiting;
  });
}
