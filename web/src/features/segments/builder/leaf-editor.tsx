import type { Leaf } from "@/api/graph";
import type { KnownField } from "./known";
import { MessageLeaf } from "./message-leaf";
import { FirstOrLastLeaf, FollowedLeaf, HappenedLeaf } from "./past-leaf";
import { JourneyLeaf, StandingLeaf } from "./standing-leaf";
import { TestLeaf } from "./test-leaf";
import css from "./tree.module.css";

interface LeafEditorProps {
  leaf: Leaf;
  fields: KnownField[];
  onChange: (leaf: Leaf) => void;
}

/** One condition as a sentence whose parts can be changed where they stand. */
export function LeafEditor(props: LeafEditorProps) {
  return (
    <div className={css.leaf}>
      <Editor {...props} />
    </div>
  );
}

function Editor({ leaf, fields, onChange }: LeafEditorProps) {
  switch (leaf.kind) {
    case "test":
      return <TestLeaf leaf={leaf} fields={fields} onChange={onChange} />;
    case "happened":
      return <HappenedLeaf leaf={leaf} onChange={onChange} />;
    case "first_or_last":
      return <FirstOrLastLeaf leaf={leaf} onChange={onChange} />;
    case "followed":
      return <FollowedLeaf leaf={leaf} onChange={onChange} />;
    case "message":
      return <MessageLeaf leaf={leaf} onChange={onChange} />;
    case "journey":
      return <JourneyLeaf leaf={leaf} onChange={onChange} />;
    default:
      return <StandingLeaf leaf={leaf} onChange={onChange} />;
  }
}
