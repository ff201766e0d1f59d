import { Camera, ImagePlus, Search as SearchIcon, X } from "lucide-react";
import { lazy, Suspense, useRef, useState, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { Button, IconButton } from "@/components/Button";
import { useMedia } from "@/components/media";

import { FileInput } from "./FileInput";
import styles from "./SearchBar.module.css";
import { WordsField } from "./WordsField";

interface Props {
  q: string;
  /** What words would mean here: what to look for, or what should be otherwise. */
  placeholder: string;
  input: RefObject<HTMLInputElement | null>;
  onWords: (q: string) => void;
  onFiles: (files: FileList) => void;
  onPhoto: (photo: File) => void;
}

// Much code for who has a camera and wants it.
const Viewfinder = lazy(() => import("./Viewfinder"));

/** Words, a photo from the device, a photo taken now. */
export function SearchBar({ q, placeholder, input, onWords, onFiles, onPhoto }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(q);
  const [told, setTold] = useState(q);
  if (told !== q) {
    // Back, forward and links change the words from outside.
    setTold(q);
    setText(q);
  }
  return (
    <form
      role="search"
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        onWords(text.trim());
      }}
    >
      <SearchIcon size={20} aria-hidden className={styles.glass} />
      <WordsField
        text={text}
        placeholder={placeholder}
        input={input}
        onText={setText}
        onChosen={(chosen) => {
          setText(chosen);
          onWords(chosen);
        }}
      />
      {text && (
        <IconButton
          label={t("search.clearWords")}
          className={styles.tool}
          onClick={() => {
            setText("");
            if (q) onWords("");
            input.current?.focus();
          }}
        >
          <X size={18} aria-hidden />
        </IconButton>
      )}
      <PhotoTools onFiles={onFiles} onPhoto={onPhoto} />
      <Button type="submit" look="primary" className={styles.submit}>
        {t("search.submit")}
      </Button>
    </form>
  );
}

function PhotoTools({ onFiles, onPhoto }: Pick<Props, "onFiles" | "onPhoto">) {
  const { t } = useTranslation();
  const file = useRef<HTMLInputElement>(null);
  const shot = useRef<HTMLInputElement>(null);
  // A phone has an app for its camera; elsewhere the page looks through it.
  const isTouched = useMedia("(pointer: coarse)");
  const [isLooking, setLooking] = useState(false);
  return (
    <>
      <IconButton
        label={t("search.choosePhoto")}
        className={styles.tool}
        onClick={() => file.current?.click()}
      >
        <ImagePlus size={20} aria-hidden />
      </IconButton>
      <FileInput input={file} onFiles={onFiles} />
      {(isTouched || hasCamera()) && (
        <>
          <IconButton
            label={t("search.takePhoto")}
            className={styles.tool}
            onClick={() => (isTouched ? shot.current?.click() : setLooking(true))}
          >
            <Camera size={20} aria-hidden />
          </IconButton>
          <FileInput input={shot} onFiles={onFiles} camera />
        </>
      )}
      <Suspense>
        {isLooking && <Viewfinder onPhoto={onPhoto} onClose={() => setLooking(false)} />}
      </Suspense>
    </>
  );
}

/** Whether a page may ask for a camera: only over HTTPS, or on this machine. */
function hasCamera(): boolean {
  return "mediaDevices" in navigator;
}
