import type { HTMLAttributes, ReactNode, Ref } from "react";

import { placed, type Edges } from "./BoxedPhoto";
import styles from "./Boxes.module.css";
import type { Size } from "./boxes";

interface Props {
  element: Ref<HTMLDivElement>;
  size: Size;
  drawing: boolean;
  /** A box on its way. */
  drawn: Edges | null;
  handlers: HTMLAttributes<HTMLDivElement>;
  children: ReactNode;
}

/** What the boxes on a photo lie on, and where new ones are drawn: see `useEditedBox`. */
export function BoxGround({ element, size, drawing, drawn, handlers, children }: Props) {
  return (
    <div ref={element} className={styles.ground} data-drawing={drawing} {...handlers}>
      {children}
      {drawn && <div className={styles.drawn} style={placed(drawn, size)} />}
    </div>
  );
}
