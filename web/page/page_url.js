/**
 * Returns the folder that this page was loaded from, without a slash at the end. It is also the URL of the page's own
 * server, which a proxy may serve below a path.
 */
export const pageUrl = () => new URL(".", location.href).href.replace(/\/+$/, "");
