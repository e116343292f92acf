/**
 * The server's address in both of its forms; keeps a path prefix.
 * @param {string} serverUrl http(s):// or ws(s)://
 * @returns {{http: string, socket: string}}
 */
export declare function addresses(serverUrl: string): {
    http: string;
    socket: string;
};
