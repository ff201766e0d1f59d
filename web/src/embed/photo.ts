/** A photo ready to be searched with: small, upright, and without what the camera wrote into it. */
export interface Photo {
  readonly bytes: Blob;
  /** Shows it; a canvas, so that the page's policy need not allow addresses of blobs. */
  readonly canvas: HTMLCanvasElement;
}

/** The longer side in pixels: the models look at less. */
export const MOST = 1280;
const QUALITY = 0.85;

/** Shrink a picture before it is sent; raises an error for what this browser cannot read. */
export async function prepared(file: Blob): Promise<Photo> {
  const bitmap = await createImageBitmap(file);
  const photo = await drawn(bitmap, bitmap);
  bitmap.close();
  return photo;
}

/** What a camera shows right now. */
export function shot(video: HTMLVideoElement): Promise<Photo> {
  return drawn(video, { width: video.videoWidth, height: video.videoHeight });
}

/** A part of it, small and square, for a button. */
export function cut(
  photo: Photo,
  box: readonly [number, number, number, number],
): HTMLCanvasElement {
  const [x1, y1, x2, y2] = box;
  const side = 64;
  const canvas = sized({ width: side, height: side });
  const edge = Math.max(x2 - x1, y2 - y1);
  const at = [(x1 + x2 - edge) / 2, (y1 + y2 - edge) / 2] as const;
  canvas.getContext("2d")?.drawImage(photo.canvas, ...at, edge, edge, 0, 0, side, side);
  return canvas;
}

/** The size that fits, never larger than the picture is. */
export function fitted({ width, height }: Size, most = MOST): Size {
  const scale = Math.min(1, most / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

async function drawn(picture: CanvasImageSource, size: Size): Promise<Photo> {
  const canvas = sized(fitted(size));
  const brush = canvas.getContext("2d");
  if (!brush || size.width === 0) throw new Error("no picture");
  brush.fillStyle = "#fff"; // JPEG knows no transparency
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const bytes = await new Promise<Blob | null>((done) => {
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
  if (!bytes) throw new Error("no picture");
  return { bytes, canvas };
}

function sized({ width, height }: Size): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
