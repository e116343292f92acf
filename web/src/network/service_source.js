import { serve } from "./engine/service.js";

/**
 * The service, for the page and for workers. scripts/build.mjs puts a function in its place that needs nothing outside, and
 * sets `selfContained`.
 */
export const service = { serve, selfContained: false };
