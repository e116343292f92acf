/**
 * Whether a node may be turned where it is. Bones are made for that; a mesh, or a group of some, often has its origin
 * at the feet, about which a head would swing like a pendulum.
 * @param {any} node
 */
export declare function isTurnable(node: any): boolean;
