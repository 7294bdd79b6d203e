import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { client, dataOf } from "@/api/client";
import { type Definition, type SegmentRow, segmentQuery } from "@/api/segments";

interface Written {
  name: string;
  tags: string[];
  definition: Definition;
}

/** Saves what was written and goes to the segment; whoever else saved it meanwhile is not overwritten. */
export function useSave(segment: SegmentRow | undefined) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const save = useMutation({
    mutationFn: (written: Written) => {
      const body = { ...written, definition: written.definition as never };
      if (!segment) return dataOf(client.POST("/api/v1/segments", { body }));
      return dataOf(
        client.PATCH("/api/v1/segments/{id}", {
          params: { path: { id: segment.id } },
          body: { ...body, readAt: segment.modifiedAt },
        }),
      );
    },
    onSuccess: async (saved) => {
      queries.setQueryData(segmentQuery(saved.id).queryKey, saved);
      await queries.invalidateQueries({ queryKey: ["segments"] });
      await queries.invalidateQueries({ queryKey: ["known", "segments"] });
      // Only in the next round has the page heard that there is nothing left to be lost.
      setTimeout(() => {
        navigate({
          to: "/segments/$segmentId",
          params: { segmentId: saved.id },
          search: { q: undefined, why: undefined },
        });
      });
    },
  });
  const readAgain = () => {
    save.reset();
    if (segment) void queries.invalidateQueries({ queryKey: ["segment", segment.id] });
  };
  return { ...save, readAgain };
}
