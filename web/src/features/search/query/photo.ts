import { useEffect, useRef, useState } from "react";

import { isPicture } from "@/api/photos";

import type { Size } from "@/components/boxes";
import type { SearchParams } from "../shared/params";
import type { Kept } from "../shared/queries";

/** A photo just picked, shown from memory before the server has it. */
export interface Picked {
  readonly url: string;
  readonly size: Size | null;
  /** Its id once it is uploaded. */
  readonly upload?: string;
}

// Outlives the page, so that going to a product and back need not fetch one's own photo.
let last: Picked | null = null;
// The address of the photo taken last, perhaps not measured yet.
let newest = "";

/** One on its way, or one that was refused. */
interface Sent {
  readonly photo: File;
  readonly asked: SearchParams;
  readonly error: Error | null;
}

/** How a photo is sent, and who is told what came of it, and beside what it was asked. */
interface Sending {
  send: (photo: File, size: Size | null, asked: SearchParams) => Promise<Kept>;
  onKept: (kept: Kept, asked: SearchParams) => void;
}

/**
 * Take photos: each is sent, and appears at once. What went wrong with one is forgotten as soon as
 * something else is asked.
 */
export function usePhoto(asked: SearchParams, sending: Sending) {
  const [picked, setPicked] = useState(last);
  const [sent, setSent] = useState<Sent | null>(null);
  const now = useRef(sending);
  useEffect(() => {
    now.current = sending;
  });
  const show = (next: Picked | null) => {
    if (last && last.url !== next?.url) URL.revokeObjectURL(last.url);
    last = next;
    setPicked(next);
  };
  const take = async (photo: File) => {
    const url = URL.createObjectURL(photo);
    newest = url;
    const size = await sizeOf(url);
    if (newest !== url) return; // another was picked meanwhile
    // Before anything is drawn, which would hold it up.
    const coming = sending.send(photo, size, asked);
    show({ url, size });
    setSent({ photo, asked, error: null });
    try {
      const kept = await coming;
      if (last?.url !== url) return;
      setSent(null);
      show({ ...last, upload: kept.upload });
      now.current.onKept(kept, asked);
    } catch (error) {
      if (last?.url === url) setSent({ photo, asked, error: error as Error });
    }
  };
  return {
    /** The photo in memory: the one on its way, or the upload's own. */
    picked,
    take: (photo: File) => void take(photo),
    isSending: sent?.error === null,
    error: sent?.asked === asked ? sent.error : null,
    again: () => {
      if (sent) void take(sent.photo);
    },
    forget: () => {
      newest = "";
      setSent(null);
      show(null);
    },
  };
}

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

/** What its head says; null for what the browser cannot read: the server says what is wrong. */
function sizeOf(url: string): Promise<Size | null> {
  return new Promise((done) => {
    const image = new Image();
    image.onload = () => done({ width: image.naturalWidth, height: image.naturalHeight });
    image.onerror = () => done(null);
    image.src = url;
  });
}
