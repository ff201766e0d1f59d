import type { RefObject } from "react";

import { PICTURES } from "@/api/photos";

interface Props {
  onFiles: (files: FileList) => void;
  input: RefObject<HTMLInputElement | null>;
  camera?: boolean;
}

/** The browser's own way to a photo, opened by a button. */
export function FileInput({ input, onFiles, camera = false }: Props) {
  return (
    <input
      ref={input}
      type="file"
      accept={PICTURES}
      hidden
      {...(camera && { capture: "environment" as const })}
      onChange={(event) => {
        const { files } = event.currentTarget;
        if (files?.length) onFiles(files);
        event.currentTarget.value = ""; // the same photo may be picked again
      }}
    />
  );
}
