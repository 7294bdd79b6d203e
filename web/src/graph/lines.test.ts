import { describe, expect, test } from "vitest";
import { lineThickness, orthogonal, roundedPath, THICKEST, THINNEST } from "./lines";

describe("the thickness of a line", () => {
  test.each([
    [100, 100, THICKEST],
    [50, 100, THICKEST / 2],
    [25, 100, 2],
    [1, 100, THINNEST],
    [0, 100, THINNEST],
    [0, 0, THINNEST],
    [300, 100, THICKEST],
  ])("%i of %i people draw %f px", (people, entered, width) => {
    expect(lineThickness(people, entered)).toBe(width);
  });
});

describe("an orthogonal line", () => {
  test("straight down has no corner", () => {
    expect(orthogonal({ x: 5, y: 0 }, { x: 5, y: 90 }, [40], [])).toEqual([
      { x: 5, y: 0 },
      { x: 5, y: 90 },
    ]);
  });

  test("to another column bends twice, at the height asked for", () => {
    expect(orthogonal({ x: 0, y: 0 }, { x: 50, y: 90 }, [40], [])).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 40 },
      { x: 50, y: 40 },
      { x: 50, y: 90 },
    ]);
  });

  test("through a lane bends at both ends of it", () => {
    const points = orthogonal({ x: 0, y: 0 }, { x: 50, y: 300 }, [40, 280], [90]);
    expect(points).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 40 },
      { x: 90, y: 40 },
      { x: 90, y: 280 },
      { x: 50, y: 280 },
      { x: 50, y: 300 },
    ]);
  });
});

describe("a rounded path", () => {
  test("rounds each corner by the radius", () => {
    const path = roundedPath(orthogonal({ x: 0, y: 0 }, { x: 50, y: 90 }, [40], []), 10);
    expect(path).toBe("M 0 0 L 0 30 Q 0 40 10 40 L 40 40 Q 50 40 50 50 L 50 90");
  });

  test("never rounds beyond half of a side", () => {
    const path = roundedPath(
      [
        { x: 0, y: 0 },
        { x: 0, y: 8 },
        { x: 40, y: 8 },
      ],
      10,
    );
    expect(path).toBe("M 0 0 L 0 4 Q 0 8 4 8 L 40 8");
  });

  test("of no points is empty", () => {
    expect(roundedPath([], 10)).toBe("");
  });
});
