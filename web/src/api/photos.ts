/** Photos as they are sent: no larger than the server has use for. */

/** Longest side in pixels that is sent. */
export const SIDE = 1600;

/** What is small enough to be sent as it is, if its sides are. */
const LIGHT = 1_500_000;
const QUALITY = 0.92;

/** What a file chooser offers; the server reads all of it. */
export const PICTURES =
  "image/jpeg,image/png,image/webp,image/avif,image/gif,image/heic,image/heif,image/tiff,image/bmp,.heic,.heif";

/** Whether a file is a picture; some systems know no type for those of phones. */
export function isPicture({ type, name }: Pick<File, "type" | "name">): boolean {
  return type.startsWith("image/") || /\.(heic|heif|avif|tiff?)$/i.test(name);
}

/** The size a picture is sent in: as it is, or with its longest side at `SIDE`. */
export function sentSize(width: number, height: number): { width: number; height: number } {
  const part = Math.min(1, SIDE / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * part)),
    height: Math.max(1, Math.round(height * part)),
  };
}

/** Whether a photo of these sides is sent as it is. */
export function isSmall(
  photo: File,
  { width, height }: { width: number; height: number },
): boolean {
  return Math.max(width, height) <= SIDE && photo.size <= LIGHT;
}

/**
 * Photos no larger than is sent, one after the other: decoded ones take a lot of memory. One that
 * the browser cannot read goes as it is; the server may.
 */
export async function shrunk(photos: readonly File[]): Promise<File[]> {
  const sent: File[] = [];
  for (const photo of photos) sent.push(await smaller(photo).catch(() => photo));
  return sent;
}

async function smaller(photo: File): Promise<File> {
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" });
  try {
    if (isSmall(photo, picture)) return photo;
    const { width, height } = sentSize(picture.width, picture.height);
    const blob = await drawn(picture, width, height);
    const { name, lastModified } = photo;
    return blob && blob.size < photo.size
      ? new File([blob], name, { type: blob.type, lastModified })
      : photo;
  } finally {
    picture.close();
  }
}

async function drawn(picture: ImageBitmap, width: number, height: number): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return null;
  // What one can see through is shown on white by shops, and by the server.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return new Promise((done) => {
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
}
