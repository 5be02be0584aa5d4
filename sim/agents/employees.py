"""Employees: seats in departments, taken or vacant; ties and managers belong to the seat."""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.arrays import BoolArray, FloatArray, IntArray, SmallIntArray
from sim.kernel.columns import Columns, column, share


@dataclass
class EmployeeColumns(Columns):
    """One row a seat. Who sits there changes; department, manager and colleagues stay with the seat."""

    identity: IntArray = column("Number of this person in order of hiring; -1 while the seat is vacant.", "number", -1)
    employed: BoolArray = column("Whether the seat is taken.", "yes or no")
    department: IntArray = column("Number of the department.", "number", 0)
    manager: IntArray = column("Seat of the manager; heads of departments report to themselves.", "seat", 0)
    facing: BoolArray = column("Whether the seat deals with customers.", "yes or no")
    colleagues: IntArray = column("Seats of the colleagues seen informally, shape (seats, degree).", "seat", 0)
    choice: IntArray = column("This week's choice: 1 for the customer's interest.", "0 or 1", 0, 1)
    surveilled: BoolArray = column("Whether this week's practice happened only under surveillance.", "yes or no")
    memory: SmallIntArray = column("Remembered choices of colleagues, shape (seats, memory).", "hundredths", 0, 100)
    memory_total: IntArray = column("Sum of what is remembered.", "hundredths", 0)
    memory_cursor: IntArray = column("Position of the oldest entry of memory.", "number", 0)
    value: FloatArray = share("How much the customer's interest matters to this person (internalization).")
    salience: FloatArray = share("How present the topic is in this person's mind (identification).")
    exposure: FloatArray = column("Messages heard and not yet worn off.", "messages", 0.0)
    compliance: FloatArray = share("Share of procedures followed (compliance).")
    habit: FloatArray = share("Share of procedures that have become habit.")
    crowding: FloatArray = share("How far monitoring has crowded out one's own reasons.")
    standard: FloatArray = column(
        "Time that this person thinks a case deserves, against the organization's own.", "ratio", 0.0
    )
    energy: FloatArray = share("Energy left for work: 1 rested, 0 exhausted.")
    cynicism: FloatArray = share("Cynicism about what leadership says.")
    satisfaction: FloatArray = share("Satisfaction with working life.")
    attention_customers: FloatArray = share("Share of attention for customers.")
    attention_colleagues: FloatArray = share("Share of attention for colleagues.")
    attention_bosses: FloatArray = share("Share of attention for bosses.")
    attention_deadlines: FloatArray = share("Share of attention for deadlines.")
    delivery: FloatArray = share("Share of a customer's need that this person would serve this week.")
    definition: FloatArray = share("What this person understands by centricity, on a line from one meaning to another.")
    justice: FloatArray = share("Justice felt among colleagues.")
    gaming: FloatArray = share("How far this person works on the score instead of on what it measures.")
    insight: FloatArray = share("What this person has learned in moments shared with customers in mind.")
    tenure: FloatArray = column("Weeks in the organization.", "weeks", 0.0)
    picture: SmallIntArray = column(
        "What this person believes that customers need, shape (seats, dimensions); 0: no belief.", "sign", -1, 1
    )
