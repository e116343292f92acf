// Runs the script of a blob, whose URL follows the #, as a worker. A worker that is started from a blob inherits the
// page's Content Security Policy, which forbids what the KTX2 decoder does (new Function). One from a file does not.
const [, url] = /^#(blob:.+)$/.exec(self.location.hash) ?? [];
if (url) /** @type {any} */ (self).importScripts(url);
