import { Link } from "react-router";
import { Columns } from "../../components/Columns";
import { Ticked } from "../../components/Ticked";
import table from "../../components/table.module.css";
import whole from "../../components/whole.module.css";
import { formatTime } from "../../components/words";
import type { Task } from "./runbook";
import { TaskStateMark } from "./TaskStateMark";
import classes from "./TaskTable.module.css";
import { type Address, paramsOf } from "./use-address";

/** The runbook's table. A whole row leads to its task; the link in it is what keyboards reach. */
export function TaskTable({ tasks, address }: { tasks: readonly Task[]; address: Address }) {
  return (
    <table className={table.table}>
      <Columns of={["UTC", "Task", { roomy: "Responsible" }, "State"]} />
      <tbody>
        {tasks.map((task) => (
          <Row key={task.id} task={task} address={address} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ task, address }: { task: Task; address: Address }) {
  const why = (task.run?.kind === "played" ? "Played: " : "") + (task.run?.why || task.hint);
  const [byHand] = task.manual_runs;
  return (
    <tr className={`${whole.thing} ${classes.row}`} data-quiet={task.state === "not due"}>
      <td className={classes.time}>{task.due_at ? formatTime(task.due_at) : "–"}</td>
      <th scope="row">
        <Link
          className={`${whole.link} ${classes.task}`}
          to={{ search: paramsOf({ ...address, task: task.id, run: null }).toString() }}
          preventScrollReset
        >
          <Ticked text={task.title} />
        </Link>
        <div className={classes.why}>{why}</div>
        <div className={classes.who}>{task.responsible}</div>
      </th>
      <td className={`${table.roomy} ${classes.responsible}`}>
        {task.responsible}
        <div className={table.dimmed}>
          <Ticked text={task.tooling} />
        </div>
      </td>
      <td className={classes.state}>
        <TaskStateMark state={task.state} />
        {byHand && <div className={table.dimmed}>by hand: {byHand.state}</div>}
      </td>
    </tr>
  );
}
