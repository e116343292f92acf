import { pageUrl } from "./page_url.js";

/**
 * Returns where the page has a network of its own, so that it needs no server: `make site` names it in the HTML. Null on a
 * page that a server provides.
 * @returns {{url: string, worker: string} | null}
 */
export function ownNetwork() {
  const { network } = document.documentElement.dataset;
  return network ? { url: `${pageUrl()}/${network}`, worker: `${pageUrl()}/network-worker.js` } : null;
}
