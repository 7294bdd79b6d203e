import { Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useMay } from "@/api/may";
import type { SegmentRow } from "@/api/segments";
import { Dialog } from "@/ui/dialog";
import { IconChevronDown } from "@/ui/icons";
import { Problem } from "@/ui/problem";
import css from "./page.module.css";

/** What can be done with a segment: change it, switch it off or on, compare it, delete it. */
export function Actions({ segment }: { segment: SegmentRow }) {
  const { t } = useTranslation();
  const may = useMay();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"disable" | "delete" | null>(null);
  const path = { params: { path: { id: segment.id } } };
  const turn = useMutation({
    mutationFn: (enabled: boolean) =>
      dataOf(client.PATCH("/api/v1/segments/{id}", { ...path, body: { enabled } })),
    onSuccess: async () => {
      setAsked(null);
      await queries.invalidateQueries({ queryKey: ["segment", segment.id] });
      await queries.invalidateQueries({ queryKey: ["segments"] });
    },
  });
  const mayWrite = may("contacts.write");
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={15} stroke={1.8} />}>
            {t("segments.actions")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown className={css.menu}>
          <Menu.Item
            component={Link}
            {...({
              to: "/segments/compare",
              search: { one: segment.id, other: undefined, days: undefined },
            } as object)}
          >
            {t("segments.compareWith")}
          </Menu.Item>
          {mayWrite && (
            <>
              <Menu.Item onClick={() => (segment.enabled ? setAsked("disable") : turn.mutate(true))}>
                {t(segment.enabled ? "segments.disable" : "segments.enable")}
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="red" onClick={() => setAsked("delete")}>
                {t("segments.delete")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {mayWrite && (
        <Button
          component={Link}
          {...({ to: "/segments/$segmentId/edit", params: { segmentId: segment.id } } as object)}
        >
          {t("segments.edit")}
        </Button>
      )}
      {asked === "disable" && (
        <Dialog
          title={t("segments.disableTitle", { name: segment.name })}
          onClose={() => setAsked(null)}
          foot={
            <>
              <Button variant="default" onClick={() => setAsked(null)}>
                {t("segments.cancel")}
              </Button>
              <Button loading={turn.isPending} onClick={() => turn.mutate(false)}>
                {t("segments.disable")}
              </Button>
            </>
          }
        >
          <p>{t("segments.disableAsk")}</p>
          <Problem error={turn.error} />
        </Dialog>
      )}
      {asked === "delete" && <DeleteDialog segment={segment} onClose={() => setAsked(null)} />}
    </>
  );
}

/** Asks before deleting; what refers to the segment keeps it, and is named. */
function DeleteDialog({ segment, onClose }: { segment: SegmentRow; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(client.DELETE("/api/v1/segments/{id}", { params: { path: { id: segment.id } } })),
    onSuccess: async () => {
      await navigate({ to: "/segments", search: { q: undefined, tag: undefined } });
      queries.removeQueries({ queryKey: ["segment", segment.id] });
      await queries.invalidateQueries({ queryKey: ["segments"] });
      await queries.invalidateQueries({ queryKey: ["known", "segments"] });
    },
  });
  return (
    <Dialog
      title={t("segments.deleteTitle", { name: segment.name })}
      onClose={onClose}
      foot={
        <>
          <Button variant="default" onClick={onClose}>
            {t("segments.cancel")}
          </Button>
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("segments.delete")}
          </Button>
        </>
      }
    >
      <p>{t("segments.deleteAsk")}</p>
      <Problem error={remove.error} />
    </Dialog>
  );
}
