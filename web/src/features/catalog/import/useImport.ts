import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";

import { filesTold, onceFor, type Once } from "../shared/once";
import { startImport } from "./actions";
import { AS_FOUND, sameReading, type Reading } from "./reading";

const route = getRouteApi("/shell/import");

/** An import in the making: its files, how they are read, and the way to the server. */
export function useImport() {
  const { check } = route.useSearch();
  const navigate = route.useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [images, setImages] = useState<File | null>(null);
  const [reading, setReading] = useState<Reading>(AS_FOUND);
  const [checked, setChecked] = useState<Reading>(AS_FOUND);
  const send = useSend(file, images);
  const start = (dryRun: boolean, how = reading) => {
    setReading(how);
    send.mutate(
      { dryRun, reading: how },
      {
        onSuccess: ({ id }) => {
          if (dryRun) setChecked(how);
          void navigate({ search: dryRun ? { check: id } : { job: id }, resetScroll: false });
        },
      },
    );
  };
  const chooseFile = (next: File | null) => {
    setFile(next);
    setReading({ ...reading, columns: {} });
    if (check) void navigate({ search: {} });
  };
  const startOver = () => {
    setFile(null);
    setImages(null);
    setReading(AS_FOUND);
    send.reset();
    void navigate({ search: {} });
  };
  /** Whether the check was made with the present reading. */
  const fresh = sameReading(reading, checked);
  const sending = { busy: send.isPending, error: send.error };
  return {
    file,
    images,
    reading,
    fresh,
    ...sending,
    chooseFile,
    setImages,
    setReading,
    start,
    startOver,
  };
}

export type Importing = ReturnType<typeof useImport>;

function useSend(file: File | null, images: File | null) {
  const once = useRef<Once | null>(null);
  return useMutation({
    mutationFn: ({ dryRun, reading }: { dryRun: boolean; reading: Reading }) => {
      if (file === null) throw new Error("No file was chosen.");
      const files = images ? [file, images] : [file];
      const content = JSON.stringify([reading, dryRun]) + filesTold(files);
      // Sent again after a lost answer it is the same import; a check may be made anew.
      once.current = onceFor(dryRun ? null : once.current, content);
      return startImport({ file, images }, reading, dryRun, once.current.key);
    },
  });
}
