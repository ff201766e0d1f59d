import { count, percent } from "@/texts/format";

import { useMeasured } from "../measured";
import styles from "./Plot.module.css";
import { lowEnd, scale, ticks } from "./scale";

/** A share between 0 and 1 that was measured on `n`, with its interval. */
export interface Measured {
  name: string;
  value: number;
  low: number;
  high: number;
  n: number;
}

const ROW = 34;
const HEAD = 22;
const FIGURE = 46;

/** Shares with their intervals, one under the other on one scale. Its table is told elsewhere. */
export function IntervalPlot({ rows, label }: { rows: readonly Measured[]; label: string }) {
  const { element, width } = useMeasured();
  const names = Math.min(200, Math.max(96, width * 0.3));
  const low = lowEnd(rows.map((row) => row.low));
  const x = scale([low, 1], [names, Math.max(names + 1, width - FIGURE)]);
  const height = HEAD + rows.length * ROW;
  const marks = ticks(low, 1, width < 480 ? 3 : 6);
  return (
    <div ref={element} className={styles.plot} style={{ minHeight: height }}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={label}>
          {marks.map((mark) => (
            <g key={mark}>
              <line className={styles.grid} x1={x(mark)} x2={x(mark)} y1={HEAD - 4} y2={height} />
              <text className={styles.axis} x={x(mark)} y={12} textAnchor="middle">
                {percent(mark)}
              </text>
            </g>
          ))}
          {rows.map((row, at) => (
            <Row key={row.name} row={row} y={HEAD + (at + 0.5) * ROW} x={x} width={width} />
          ))}
        </svg>
      )}
    </div>
  );
}

interface RowProps {
  row: Measured;
  y: number;
  x: (value: number) => number;
  width: number;
}

function Row({ row, y, x, width }: RowProps) {
  return (
    <g>
      <text className={styles.name} x={0} y={y - 1}>
        {row.name}
      </text>
      <text className={styles.axis} x={0} y={y + 12}>
        n = {count(row.n)}
      </text>
      <line className={styles.interval} x1={x(row.low)} x2={x(row.high)} y1={y} y2={y} />
      <circle className={styles.point} cx={x(row.value)} cy={y} r={5} />
      <text className={styles.figure} x={width} y={y + 4} textAnchor="end">
        {percent(row.value)}
      </text>
    </g>
  );
}
