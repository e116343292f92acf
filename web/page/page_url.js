/**
 * The folder that this page was loaded from, without a slash at the end: also the URL of its own server, which a proxy
 * may serve below a path.
 */
export const PAGE_URL = new URL(".", location.href).href.replace(/\/+$/, "");
