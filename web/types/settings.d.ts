export type Settings = import("./types.js").Settings;
/** @typedef {import("./types.js").Settings} Settings */
/** @returns {Settings} */
export declare function defaultSettings(): Settings;
/**
 * Settings with changes applied. Unknown fields are ignored: options of the constructor pass through here too.
 * @param {Settings} settings
 * @param {Partial<Settings>} changes
 * @returns {Settings}
 */
export declare function changedSettings(settings: Settings, changes: Partial<Settings>): Settings;
/**
 * The fields of `start` and `POST /v1/animate` that the settings decide.
 * @param {Settings} settings
 * @returns {Record<string, any>} without those that are left to the server
 */
export declare function requestFields({ fps, profile, seed, backend, emotions }: Settings): Record<string, any>;
