import { Skeleton } from "@mantine/core";

/** Where lines of text are still to come. */
export function Lines({ rows }: { rows: number }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
    <Skeleton key={row} height={14} mb={18} width={`${90 - (row % 3) * 18}%`} />
  ));
}
