import { useQueryClient } from "@tanstack/react-query";
import { sessionQuery } from "./queries";
import type { Session } from "./types";

export type Permission = Session["permissions"][number];

/** Whether who is signed in may do this; the server asks again, this only spares buttons that it would refuse. */
export function useMay(): (permission: Permission) => boolean {
  const session = useQueryClient().getQueryData(sessionQuery.queryKey);
  return (permission) => session?.permissions.includes(permission) ?? false;
}
