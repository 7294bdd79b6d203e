import { Button, Checkbox, SegmentedControl, Select } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { type Group, groupsQuery } from "@/api/people";
import { contactsQuery } from "@/api/queries";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Loading } from "@/ui/forms";
import { Problem } from "@/ui/problem";
import { SearchField } from "@/ui/search-field";
import css from "./add-members.module.css";

interface AddMembersProps {
  group: Group;
  onClose: () => void;
}

/** Adds people found by name, or all members of another group, who may leave that one for this. */
export function AddMembers({ group, onClose }: AddMembersProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [way, setWay] = useState<"people" | "group">("people");
  const [chosen, setChosen] = useState<string[]>([]);
  const [other, setOther] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const groups = useQuery(groupsQuery);
  const add = useMutation({
    mutationFn: () =>
      dataOf(
        client.POST("/api/v1/groups/{id}/members", {
          params: { path: { id: group.id } },
          body:
            way === "people"
              ? { contactIds: chosen }
              : { membersOf: other, ...(leaving ? { leaves: other } : {}) },
        }),
      ),
    onSuccess: async () => {
      onClose();
      for (const key of ["group", "groups", "contact"]) await queries.invalidateQueries({ queryKey: [key] });
    },
  });
  const ready = way === "people" ? chosen.length > 0 : other !== null;
  const others = groups.data?.items.filter((one) => one.id !== group.id) ?? [];
  return (
    <Dialog
      title={t("groups.addTo", { name: group.name })}
      onClose={onClose}
      foot={
        <>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button disabled={!ready} loading={add.isPending} onClick={() => add.mutate()}>
            {way === "people" && chosen.length > 0
              ? t("groups.addSome", { count: chosen.length, n: format.number(chosen.length) })
              : t("bulk.add")}
          </Button>
        </>
      }
    >
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t("groups.way")}
        value={way}
        onChange={(value) => setWay(value === "group" ? "group" : "people")}
        data={[
          { value: "people", label: t("groups.byName") },
          { value: "group", label: t("groups.fromGroup") },
        ]}
      />
      {way === "people" ? (
        <People chosen={chosen} onChange={setChosen} />
      ) : (
        <div className={css.group}>
          <Select
            label={t("groups.fromWhich")}
            placeholder={t("groups.choose")}
            data={others.map((one) => ({ value: one.id, label: one.name }))}
            value={other}
            onChange={setOther}
            nothingFoundMessage={t("common.nothingFound")}
          />
          <Checkbox
            mt={14}
            label={t("groups.leaving")}
            checked={leaving}
            onChange={(event) => setLeaving(event.currentTarget.checked)}
          />
        </div>
      )}
      <Problem error={add.error ?? groups.error} />
    </Dialog>
  );
}

interface PeopleProps {
  chosen: string[];
  onChange: (chosen: string[]) => void;
}

function People({ chosen, onChange }: PeopleProps) {
  const { t } = useTranslation();
  const [q, setQ] = useState<string>();
  const found = useInfiniteQuery(contactsQuery(q));
  const rows = found.data?.pages.flatMap((page) => page.items).slice(0, 50) ?? [];
  return (
    <div className={css.people}>
      <SearchField label={t("contacts.search")} value={q} onSearch={setQ} width="100%" />
      {found.isPending && <Loading rows={4} height={38} />}
      <Problem error={found.error} />
      <Checkbox.Group value={chosen} onChange={onChange} aria-label={t("frame.contacts")}>
        <div className={css.rows}>
          {rows.map((row) => (
            <Checkbox
              key={row.id}
              size="xs"
              value={row.id}
              label={row.name || row.email || row.phone || t("common.unnamed")}
              description={row.name ? (row.email ?? row.phone ?? undefined) : undefined}
            />
          ))}
          {found.isSuccess && rows.length === 0 && <p className={css.none}>{t("common.nothingFound")}</p>}
        </div>
      </Checkbox.Group>
    </div>
  );
}
