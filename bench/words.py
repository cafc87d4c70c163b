"""The words that the bench's texts are made of and searched by."""

WORDS = ("printer network login mail screen keyboard database server report invoice ward clinic office phone signal wireless tablet laptop update patch "
         "restart failure timeout slow error access password account folder share backup restore queue message calendar meeting scanner label badge door "
         "sensor gateway firewall proxy certificate domain cable switch router antenna floor basement stock order payroll ledger contract tenant repair "
         "heating lift camera alarm archive letter theatre pharmacy kitchen garden library school bus depot bridge harbour vessel crane pump valve").split()
