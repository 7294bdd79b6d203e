import { Fragment } from "react";

/** A sentence of the server: what stands between backticks is a name, and is set as one. */
export function Words({ children }: { children: string }) {
  return children.split("`").map((piece, index) => {
    const key = `${index}/${piece}`;
    return index % 2 === 1 ? <code key={key}>{piece}</code> : <Fragment key={key}>{piece}</Fragment>;
  });
}
