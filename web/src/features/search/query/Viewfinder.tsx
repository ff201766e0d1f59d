import { useEffect, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";

import styles from "./Viewfinder.module.css";

interface Props {
  onPhoto: (photo: File) => void;
  onClose: () => void;
}

/** What the camera of a desktop sees, until a photo is taken of it. */
export default function Viewfinder({ onPhoto, onClose }: Props) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const state = useCamera(video);
  const shoot = async () => {
    const photo = video.current && (await shot(video.current));
    if (photo) onPhoto(photo);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("search.takePhoto")}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button look="primary" disabled={state !== "on"} onClick={() => void shoot()}>
            {t("search.shoot")}
          </Button>
        </>
      }
    >
      {state === "refused" ? (
        <p role="alert">{t("search.noCamera")}</p>
      ) : (
        <video
          ref={video}
          className={styles.film}
          playsInline
          muted
          aria-label={t("search.camera")}
        />
      )}
    </Dialog>
  );
}

async function show(film: HTMLVideoElement, stream: MediaStream): Promise<void> {
  film.srcObject = stream;
  await film.play();
}

/** The camera runs as long as it is looked through. */
function useCamera(video: RefObject<HTMLVideoElement | null>) {
  const [state, setState] = useState<"asked" | "on" | "refused">("asked");
  useEffect(() => {
    let stream: MediaStream | null = null;
    let isClosed = false;
    const end = () => stream?.getTracks().forEach((track) => track.stop());
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 } } });
      const film = video.current;
      if (isClosed || !film) {
        end(); // given up while the browser still asked
        return;
      }
      await show(film, stream);
      setState("on");
    };
    start().catch(() => {
      if (!isClosed) setState("refused");
    });
    return () => {
      isClosed = true;
      end();
    };
  }, [video]);
  return state;
}

async function shot(video: HTMLVideoElement): Promise<File | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  const bytes = await new Promise<Blob | null>((done) => {
    canvas.toBlob(done, "image/jpeg", 0.92);
  });
  return bytes && new File([bytes], "camera.jpg", { type: "image/jpeg" });
}
