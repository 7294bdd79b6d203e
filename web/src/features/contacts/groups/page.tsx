import { Button, Menu } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useMay } from "@/api/may";
import { type Group, groupQuery } from "@/api/people";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Loading, Trouble } from "@/ui/forms";
import { IconChevronDown, IconPencil, IconPlus, IconTrash } from "@/ui/icons";
import { Page } from "@/ui/page";
import { Pill } from "@/ui/pill";
import { Problem } from "@/ui/problem";
import { AddMembers } from "./add-members";
import { EditGroup } from "./edit-group";
import css from "./groups.module.css";
import { Members } from "./members";

const route = getRouteApi("/frame/groups/$groupId");

/** One group: who is in it since when, and how people are added, moved and taken out. */
export function GroupPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useMay();
  const { groupId } = route.useParams();
  const navigate = route.useNavigate();
  const group = useQuery(groupQuery(groupId));
  const [dialog, setDialog] = useState<"edit" | "delete" | "add" | null>(null);
  const close = () => setDialog(null);
  const parent = <Link to="/groups">{t("frame.groups")}</Link>;
  if (group.isPending || group.isError) {
    return (
      <Page title={t("groups.unknown")} parent={parent}>
        {group.isPending ? (
          <Loading rows={7} />
        ) : (
          <Trouble
            error={group.error}
            retry={() => group.refetch()}
            way={
              <Button component={Link} to="/groups">
                {t("groups.all")}
              </Button>
            }
          />
        )}
      </Page>
    );
  }
  const { data } = group;
  const beside = (
    <>
      {data.kind === "test" && <Pill tone="information">{t("groups.test")}</Pill>}
      {data.members !== null && (
        <Pill>{t("groups.members", { count: data.members, n: format.number(data.members) })}</Pill>
      )}
      {data.changing && <Pill dot>{t("groups.changing")}</Pill>}
    </>
  );
  return (
    <Page
      title={data.name}
      parent={parent}
      beside={beside}
      actions={
        may("contacts.write") && (
          <>
            <Menu position="bottom-end" width={200} offset={6}>
              <Menu.Target>
                <Button variant="default" rightSection={<IconChevronDown size={15} stroke={1.8} />}>
                  {t("contact.actions")}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item
                  leftSection={<IconPencil size={16} stroke={1.7} />}
                  onClick={() => setDialog("edit")}
                >
                  {t("groups.edit")}
                </Menu.Item>
                <Menu.Item
                  color="red"
                  leftSection={<IconTrash size={16} stroke={1.7} />}
                  onClick={() => setDialog("delete")}
                >
                  {t("groups.delete")}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <Button
              leftSection={<IconPlus size={16} stroke={1.9} aria-hidden />}
              onClick={() => setDialog("add")}
            >
              {t("groups.add")}
            </Button>
          </>
        )
      }
    >
      {data.notes && <p className={css.lead}>{data.notes}</p>}
      <Members group={data} onAdd={() => setDialog("add")} />
      {dialog === "edit" && <EditGroup group={data} onClose={close} onSaved={close} />}
      {dialog === "add" && <AddMembers group={data} onClose={close} />}
      {dialog === "delete" && (
        <DeleteGroup
          group={data}
          onClose={close}
          onDeleted={() => navigate({ to: "/groups", replace: true })}
        />
      )}
    </Page>
  );
}

interface DeleteGroupProps {
  group: Group;
  onClose: () => void;
  onDeleted: () => void;
}

function DeleteGroup({ group, onClose, onDeleted }: DeleteGroupProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => dataOf(client.DELETE("/api/v1/groups/{id}", { params: { path: { id: group.id } } })),
    onSuccess: async () => {
      onDeleted();
      await queries.invalidateQueries({ queryKey: ["groups"] });
    },
  });
  return (
    <Dialog
      title={t("groups.deleteTitle", { name: group.name })}
      onClose={onClose}
      foot={
        <>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button className={css.danger} loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("groups.delete")}
          </Button>
        </>
      }
    >
      <p className={css.words}>{t("groups.deleteWords")}</p>
      <Problem error={remove.error} />
    </Dialog>
  );
}
