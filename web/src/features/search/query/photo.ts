import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { isPicture } from "@/api/photos";

import type { Size } from "@/components/boxes";
import type { SearchParams } from "../shared/params";
import { upload } from "../shared/queries";

/** A photo just picked, shown from memory before the server has it. */
export interface Picked {
  readonly url: string;
  readonly size: Size | null;
  /** Its id once it is uploaded. */
  readonly upload?: string;
}

// Outlives the page, so that going to a product and back need not fetch one's own photo.
let last: Picked | null = null;

/**
 * Take photos: each appears at once, is uploaded, and then `onUploaded` is told its id. What went
 * wrong with one is forgotten as soon as something else is asked.
 */
export function usePhoto(asked: SearchParams, onUploaded: (id: string) => void) {
  const [picked, setPicked] = useState(last);
  const sending = useMutation({
    mutationFn: ({ photo }: { photo: File; asked: SearchParams }) => upload(photo),
    onSuccess: ({ upload_id, width, height }, { photo }) => {
      if (last === null || last.url !== urls.get(photo)) return; // another was picked meanwhile
      show({ ...last, size: { width, height }, upload: upload_id });
      onUploaded(upload_id);
    },
  });
  const show = (next: Picked | null) => {
    if (last && last.url !== next?.url) URL.revokeObjectURL(last.url);
    last = next;
    setPicked(next);
  };
  const take = (photo: File) => {
    const url = URL.createObjectURL(photo);
    urls.set(photo, url);
    show({ url, size: null });
    void sizeOf(url).then((size) => {
      if (size && last?.url === url && last.size === null) show({ ...last, size });
    });
    sending.mutate({ photo, asked });
  };
  return {
    /** The photo in memory: the one on its way, or the upload's own. */
    picked,
    take,
    isSending: sending.isPending,
    error: sending.variables?.asked === asked ? sending.error : null,
    again: () => {
      if (sending.variables) take(sending.variables.photo);
    },
    forget: () => {
      sending.reset();
      show(null);
    },
  };
}

const urls = new WeakMap<File, string>();

/** The first picture among files. */
export function pictureIn(files: FileList): File | undefined {
  return [...files].find(isPicture);
}

/** Photos dropped anywhere on the page, or pasted. Says whether one hovers over it right now. */
export function usePhotoDrops(onFiles: (files: FileList) => void): boolean {
  const [over, setOver] = useState(false);
  const told = useRef(onFiles);
  useEffect(() => {
    told.current = onFiles;
  });
  useEffect(() => {
    let depth = 0;
    const hold = new AbortController();
    const on = <Name extends keyof WindowEventMap>(
      name: Name,
      listener: (event: WindowEventMap[Name]) => void,
    ) => window.addEventListener(name, listener, { signal: hold.signal });
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    on("dragenter", (event) => {
      if (!carriesFiles(event)) return;
      depth += 1;
      setOver(true);
    });
    on("dragleave", (event) => {
      if (!carriesFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    });
    on("dragover", (event) => {
      if (carriesFiles(event)) event.preventDefault();
    });
    on("drop", (event) => {
      depth = 0;
      setOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer?.files.length) told.current(event.dataTransfer.files);
    });
    on("paste", (event) => {
      // Words go into the field they are pasted to; files can only be meant for the search.
      if (event.clipboardData?.files.length) told.current(event.clipboardData.files);
    });
    return () => {
      hold.abort();
    };
  }, []);
  return over;
}

async function sizeOf(url: string): Promise<Size | null> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    return null; // the server says what is wrong with it, or shows it
  }
  return { width: image.naturalWidth, height: image.naturalHeight };
}
