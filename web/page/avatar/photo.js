/** Formats that the server reads. */
const READABLE = /^image\/(jpeg|png|webp|gif|bmp|tiff|avif)$/;
/** The server scales larger pictures down to this many pixels per side. */
const MOST_SIDE = 1600;
/** Smaller files are sent as they are. */
const MOST_BYTES = 4e6;
const QUALITY = 0.92;

/**
 * Prepares a photo for upload: scales large ones down, and converts formats that only the browser can read (such as
 * HEIC in Safari) to JPEG. If the browser can't read it either, the server's error says which formats work.
 * @param {Blob} photo
 * @returns {Promise<Blob>}
 */
export async function photoToSend(photo) {
  if (READABLE.test(photo.type) && photo.size <= MOST_BYTES) return photo;
  try {
    return await reduced(await createImageBitmap(photo));
  } catch {
    return photo;
  }
}

/** @param {ImageBitmap} bitmap */
async function reduced(bitmap) {
  const scale = Math.min(1, MOST_SIDE / Math.max(bitmap.width, bitmap.height));
  const size = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  const canvas = new OffscreenCanvas(Math.max(1, size[0]), Math.max(1, size[1]));
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("no 2D canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
