import css from "./bar-table.module.css";

export interface Bar {
  key: string;
  label: string;
  bars: { share: number; text: string; note: string }[];
}

interface BarTableProps {
  title: string;
  names: [string, string];
  rows: Bar[];
  wide?: boolean;
  none?: string;
}

/** Bars that are a table: the column of each bar is its segment, so that no legend is needed. */
export function BarTable({ title, names, rows, wide, none }: BarTableProps) {
  if (rows.length === 0) {
    if (!none) return null;
    return (
      <section className={css.card} data-wide={wide || undefined}>
        <h2 className={css.title}>{title}</h2>
        <p className={css.none}>{none}</p>
      </section>
    );
  }
  return (
    <section className={css.card} data-wide={wide || undefined}>
      <h2 className={css.title}>{title}</h2>
      <table className={css.table} aria-label={title}>
        <thead>
          <tr>
            <th scope="col" className={css.first}>
              <span className="sr-only">{title}</span>
            </th>
            {names.map((name, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
              <th key={index} scope="col" data-side={index}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.label}</th>
              {row.bars.map((bar, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the two sides
                <td key={index} data-side={index} title={bar.note || undefined}>
                  <span className={css.track} aria-hidden>
                    {bar.share > 0 && (
                      <span className={css.bar} style={{ width: `${Math.min(1, bar.share) * 100}%` }} />
                    )}
                  </span>
                  <span className={css.text}>
                    {bar.text}
                    {bar.note && <span className={css.note}> · {bar.note}</span>}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
