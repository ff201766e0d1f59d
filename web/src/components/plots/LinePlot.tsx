import { useMeasured } from "../measured";
import styles from "./Plot.module.css";
import { scale, sparse, ticks } from "./scale";

/** A value of a day, with its interval where it has one. */
export interface Point {
  day: string;
  value: number;
  low?: number;
  high?: number;
}

interface Props {
  points: readonly Point[];
  label: string;
  /** The ends of the scale. */
  range: readonly [number, number];
  value: (value: number) => string;
  day: (day: string) => string;
}

const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 24;
const TOP = 10;
const RIGHT = 14;

/** Values over time: points joined by a line, on the band of their intervals. */
export function LinePlot({ points, label, range, value, day }: Props) {
  const { element, width } = useMeasured();
  const times = points.map((point) => Date.parse(point.day));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const right = Math.max(LEFT + 1, width - RIGHT);
  // A single day stands in the middle.
  const x = first === last ? () => (LEFT + right) / 2 : scale([first, last], [LEFT + 6, right - 6]);
  const y = scale(range, [HEIGHT - BOTTOM, TOP]);
  const at = (point: Point) => x(Date.parse(point.day));
  return (
    <div ref={element} className={styles.plot} style={{ minHeight: HEIGHT }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          {ticks(...range, 5).map((mark) => (
            <g key={mark}>
              <line className={styles.grid} x1={LEFT} x2={right} y1={y(mark)} y2={y(mark)} />
              <text className={styles.axis} x={LEFT - 8} y={y(mark) + 4} textAnchor="end">
                {value(mark)}
              </text>
            </g>
          ))}
          {sparse(points, width < 480 ? 3 : 6).map((point) => (
            <text
              key={point.day}
              className={styles.axis}
              x={at(point)}
              y={HEIGHT - 6}
              textAnchor="middle"
            >
              {day(point.day)}
            </text>
          ))}
          <path className={styles.band} d={band(points, at, y)} />
          <polyline
            className={styles.line}
            points={points.map((point) => `${at(point)},${y(point.value)}`).join(" ")}
          />
          {points.map((point) => (
            <Spot key={point.day} point={point} x={at(point)} y={y} />
          ))}
        </svg>
      )}
    </div>
  );
}

function Spot({ point, x, y }: { point: Point; x: number; y: (value: number) => number }) {
  const { low, high, value } = point;
  return (
    <>
      {low !== undefined && high !== undefined && (
        <line className={styles.whisker} x1={x} x2={x} y1={y(low)} y2={y(high)} />
      )}
      <circle className={styles.point} cx={x} cy={y(value)} r={4} />
    </>
  );
}

/** The outline of all intervals: along their upper ends, and back along the lower ones. */
function band(
  points: readonly Point[],
  x: (point: Point) => number,
  y: (value: number) => number,
): string {
  const ends = points.filter(({ low, high }) => low !== undefined && high !== undefined);
  if (ends.length < 2) return "";
  const upper = ends.map((point) => `${x(point)},${y(point.high ?? 0)}`);
  const lower = ends.map((point) => `${x(point)},${y(point.low ?? 0)}`).reverse();
  return `M${[...upper, ...lower].join("L")}Z`;
}
